/**
 * Questions to clients, asked until the answer will do: the subpath `mara-ts/prompts`.
 *
 *     const name = await input(client, { message: 'Name: ' })
 *     const secret = await password(client, { message: 'Password: ' })
 *
 * Where any line will do, `client.ask('Name: ')` is enough.
 */
export { type ConfirmOptions, confirm } from './confirm.js'
export { RawClientError, TooManyAttemptsError } from './errors.js'
export { type InputOptions, input } from './input.js'
export { type PasswordOptions, password } from './password.js'
export type { LineClient, Message, PromptOptions, Verdict } from './prompt.js'
export { type Choice, type SelectOptions, select, type ValueOf } from './select.js'
