// #region viewer
// @ts-check
const pageSize = 24

/**
 * A tab beside the grid: the first rows as cards. It reads a window of the stored result, whatever its size.
 * @type {import('tuskdata/island').ResultViewer['mount']}
 */
export async function mount(element, { schema, source }) {
  const stop = new AbortController()
  const columns = schema.fields.slice(0, 8).map((_, index) => index)

  async function draw() {
    const rows = await source.window(0, pageSize, columns, stop.signal, { maxCellBytes: 200 })
    const cards = Array.from({ length: rows.rowCount }, (_, row) => {
      const card = document.createElement('dl')
      card.className = 'panel p-3'
      for (const column of columns) {
        const [name, value] = [document.createElement('dt'), document.createElement('dd')]
        name.className = 'text-faint'
        name.textContent = schema.fields[column].name
        value.textContent = rows.text(row, column) ?? 'NULL'
        card.append(name, value)
      }
      return card
    })
    const grid = document.createElement('div')
    grid.className = 'grid grid-cols-4 gap-3 overflow-auto p-4'
    grid.append(...cards)
    element.replaceChildren(grid)
  }

  const redraw = () => void draw().catch(error => stop.signal.aborted || element.replaceChildren(String(error.message)))
  const forget = source.onChange(redraw)
  await draw()
  return {
    destroy() {
      forget()
      stop.abort()
      element.replaceChildren()
    },
  }
}
// #endregion
