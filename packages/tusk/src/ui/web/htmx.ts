// Configured by the page's <meta name="htmx-config">: only this Tusk is asked, no extensions, no styles of its own (R34).
import 'htmx.org'
