/** Something a plugin tells people about: they choose what they want to hear. */
export interface NotificationEvent {
  /** `^[a-z][a-z0-9_.-]{0,62}$`; its full name is `<plugin id>.<event>`. */
  readonly event: string
  readonly label: string
  readonly description?: string
}

export interface Notification {
  readonly title: string
  readonly message?: string
  readonly variant?: 'info' | 'success' | 'warning' | 'error'
  /** A page of Tusk. */
  readonly link?: string
}
