import {
  ArrowRight,
  Ban,
  Bird,
  Check,
  ChevronDown,
  ChevronRight,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleSlash,
  Clock,
  Copy,
  Database,
  Download,
  Ellipsis,
  Eye,
  Feather,
  FileCode,
  Hash,
  History,
  Info,
  Keyboard,
  KeyRound,
  Layers,
  Link,
  ListVideo,
  Lock,
  Pencil,
  Pin,
  PinOff,
  Play,
  Plug,
  Plus,
  RefreshCw,
  Rows3,
  Scissors,
  Search,
  Settings2,
  Square,
  Table2,
  TextQuote,
  Trash2,
  TriangleAlert,
  Undo2,
  WifiOff,
  X,
} from 'lucide-static'

const drawings = {
  alert: CircleAlert,
  arrow: ArrowRight,
  cancelled: Ban,
  check: Check,
  clock: Clock,
  close: X,
  complete: CircleCheck,
  copy: Copy,
  count: Hash,
  database: Database,
  down: ChevronDown,
  download: Download,
  duckdb: Bird,
  edit: Pencil,
  feather: Feather,
  file: FileCode,
  history: History,
  info: Info,
  insert: TextQuote,
  key: KeyRound,
  keyboard: Keyboard,
  layers: Layers,
  link: Link,
  lock: Lock,
  more: Ellipsis,
  offline: WifiOff,
  pin: Pin,
  plug: Plug,
  plus: Plus,
  refresh: RefreshCw,
  right: ChevronRight,
  rows: Rows3,
  run: Play,
  runAll: ListVideo,
  search: Search,
  settings: Settings2,
  skipped: CircleSlash,
  stop: Square,
  table: Table2,
  trash: Trash2,
  truncated: Scissors,
  undo: Undo2,
  unpin: PinOff,
  view: Eye,
  waiting: CircleDashed,
  warning: TriangleAlert,
} as const

export type IconName = keyof typeof drawings

const parsed = new Map<IconName, SVGElement>()

/** A decorative Lucide icon in the colour of its text; hidden from assistive technology. */
export function icon(name: IconName, className = ''): SVGElement {
  let drawing = parsed.get(name)
  if (drawing === undefined) {
    drawing = new DOMParser().parseFromString(drawings[name], 'image/svg+xml').documentElement as unknown as SVGElement
    drawing.removeAttribute('width')
    drawing.removeAttribute('height')
    drawing.setAttribute('aria-hidden', 'true')
    parsed.set(name, drawing)
  }
  const copy = document.importNode(drawing, true)
  copy.setAttribute('class', `studio-icon ${className}`)
  return copy
}
