/** Permissions that decide what the page offers. */
type OfferedPermission =
  | 'connections.create'
  | 'connections.edit'
  | 'connections.delete'
  | 'connections.use'
  | 'data.import'
  | 'queries.save'
  | 'queries.export'
  /** There are others to share with. */
  | 'share'

/** Whether the person may do something, as the page was told when it was opened. The server asks again at each request. */
export type May = (permission: OfferedPermission) => boolean

export function mayDo(held: readonly string[]): May {
  const permissions = new Set(held)
  return permission => permissions.has(permission)
}
