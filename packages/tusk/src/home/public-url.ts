import { TuskError } from '../errors.ts'

/** `server.public_url` as an origin without a path. Undefined when it is empty. CONFIG_INVALID for anything else. */
export function publicUrl(setting: string): URL | undefined {
  if (setting.trim() === '') return undefined
  const url = URL.parse(setting.trim())
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== ''
  )
    throw new TuskError(
      'CONFIG_INVALID',
      `The setting server.public_url holds “${setting}”, which is no address of a Tusk.`,
      {
        hint: 'As in: tusk config set server.public_url https://tusk.example.org (without a path)',
      },
    )
  return url
}
