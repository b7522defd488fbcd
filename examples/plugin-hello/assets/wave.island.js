// #region island
// @ts-check
/** @type {import('tuskdata/island').Island<{ times: number }>} */
export function mount(element, props) {
  const button = document.createElement('button')
  button.className = 'btn btn-primary'
  const draw = () => {
    button.textContent = `Wave ${props.times} times`
  }
  button.addEventListener('click', () => {
    button.textContent = '👋 '.repeat(Math.min(props.times, 50)).trim()
  })
  draw()
  element.replaceChildren(button)
  return {
    update(next) {
      props = next
      draw()
    },
    destroy: () => element.replaceChildren(),
  }
}
// #endregion
