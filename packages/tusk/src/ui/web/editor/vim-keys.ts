import { drawSelection } from '@codemirror/view'
import { vim } from '@replit/codemirror-vim'

/** Modes and keys of Vim with its command line; a file of its own, so that only those load it who want it. */
export const vimKeys = [vim({ status: true }), drawSelection()]
