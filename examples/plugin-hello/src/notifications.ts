// #region notifications
import type { NotificationEvent } from 'tuskdata/plugin'

export const notifications: readonly NotificationEvent[] = [
  { event: 'greeted', label: 'Everybody was greeted', description: 'Once a day.' },
]
// #endregion
