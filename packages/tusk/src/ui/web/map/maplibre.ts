import './maplibre.css'
import { setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'

// The worker is a file of this Tusk: the policy of its pages allows no blob.
setWorkerUrl(workerUrl)

export * from 'maplibre-gl'
