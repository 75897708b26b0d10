import type { Store } from '../../storage/index.js'

/**
 * Changes a field of an account and saves it, or takes the change back: who is told that it failed must find everything as
 * it was.
 *
 * @param change sets the field.
 * @throws what `change` and `save` throw.
 */
export async function saveChange<U extends Pick<Store, 'save'>>(
  user: U,
  field: keyof U,
  change: () => void | PromiseLike<void>,
): Promise<void> {
  const before = user[field]
  await change()
  const changed = user[field]
  try {
    await user.save()
  } catch (error) {
    if (user[field] === changed) user[field] = before
    throw error
  }
}
