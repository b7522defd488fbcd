// #region start
import type { PluginTusk } from 'tuskdata/plugin'

/** Before the server listens. What it gives is disposed when Tusk stops or the plugin is switched off. */
export async function start(tusk: PluginTusk): Promise<AsyncDisposable> {
  const listening = tusk.config.onChange(({ language }) =>
    tusk.log.info({ language }, 'from now on in another language'),
  )
  return {
    async [Symbol.asyncDispose]() {
      listening[Symbol.dispose]()
    },
  }
}
// #endregion
