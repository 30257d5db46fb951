/** What a role permits: an action's name, `domain.*` or `*`, read as the mall reads it. */

const EVERY_STAFF_MAY = ["staff.sign_out_staff", "staff.change_password"];

export function permits(permissions: readonly string[], action: string): boolean {
  const domain = `${action.split(".")[0]}.*`;
  return EVERY_STAFF_MAY.includes(action) || permissions.some((given) => ["*", domain, action].includes(given));
}
