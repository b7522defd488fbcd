import { Worker } from 'node:worker_threads'

/** The descriptor of the pipe whose other end only the parent holds. */
export const parentPipe = 4

/**
 * Ends this process at once when its parent is gone, however the parent ended and whatever this process is doing: a thread of its
 * own waits for the end of a pipe that the parent holds, so a main thread inside a native call does not matter.
 */
export function watchParent(): void {
  const watcher = new Worker(watch, {
    eval: true,
    workerData: parentPipe,
    name: 'parent-watch',
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  watcher.unref()
}

/** Plain JavaScript in a string, so that the thread loads nothing. */
const watch = `
const { Socket } = require('node:net')
const { workerData } = require('node:worker_threads')
const end = () => process.kill(process.pid, 'SIGKILL')
const pipe = new Socket({ fd: workerData, readable: true, writable: false })
pipe.on('end', end).on('close', end).on('error', end).resume()
`
