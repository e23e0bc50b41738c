import type { Issue, Schema, Validation } from '../validation/schema.ts'

/** What a client sends to get a token in the password flow. */
export interface OAuth2PasswordForm {
  readonly username: string
  readonly password: string
  /** What the token is to allow. */
  readonly scopes: readonly string[]
  readonly clientId: string | null
  readonly clientSecret: string | null
}

/** The fields as they are sent. @see https://www.rfc-editor.org/rfc/rfc6749#section-4.3.2 */
export interface OAuth2PasswordFields {
  readonly grant_type: 'password'
  readonly username: string
  readonly password: string
  readonly scope?: string
  readonly client_id?: string
  readonly client_secret?: string
}

const fieldNames = ['grant_type', 'username', 'password', 'scope', 'client_id', 'client_secret'] as const
const required: readonly string[] = ['grant_type', 'username', 'password']

const fieldsSchema: Record<string, unknown> = {
  type: 'object',
  properties: {
    grant_type: { type: 'string', const: 'password' },
    username: { type: 'string' },
    password: { type: 'string', format: 'password' },
    scope: { type: 'string' },
    client_id: { type: 'string' },
    client_secret: { type: 'string', format: 'password' },
  },
  required,
}

const formSchema: Record<string, unknown> = {
  type: 'object',
  properties: {
    username: { type: 'string' },
    password: { type: 'string' },
    scopes: { type: 'array', items: { type: 'string' } },
    clientId: { type: ['string', 'null'] },
    clientSecret: { type: ['string', 'null'] },
  },
  required: ['username', 'password', 'scopes', 'clientId', 'clientSecret'],
}

/** The schema of the form by which the password flow asks for a token: `form: oauth2PasswordForm`. */
export const oauth2PasswordForm: Schema<OAuth2PasswordFields, OAuth2PasswordForm> = {
  '~standard': {
    version: 1,
    vendor: 'stelline',
    validate,
    jsonSchema: { input: () => fieldsSchema, output: () => formSchema },
  },
}

function validate(value: unknown): Validation<OAuth2PasswordForm> {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  const issues = fieldNames.flatMap((name) => issuesOf(name, fields[name]))
  if (issues.length > 0) return { issues }
  const text = (name: (typeof fieldNames)[number]): string => (fields[name] as string | undefined) ?? ''
  return {
    value: {
      username: text('username'),
      password: text('password'),
      scopes: text('scope').split(' ').filter(Boolean),
      clientId: text('client_id') || null,
      clientSecret: text('client_secret') || null,
    },
  }
}

interface CodedIssue extends Issue {
  readonly code: string
}

function issuesOf(name: string, value: unknown): CodedIssue[] {
  if (value === undefined) {
    return required.includes(name) ? [{ path: [name], message: 'Required', code: 'required' }] : []
  }
  if (typeof value !== 'string') return [{ path: [name], message: 'Expected text', code: 'invalid_type' }]
  return name === 'grant_type' && value !== 'password'
    ? [{ path: [name], message: 'Expected "password"', code: 'invalid_value' }]
    : []
}
