import type { AnySchema, Issue } from '../endpoint/validation/schema.ts'

/** A copy of the value that is checked, below `root`. */
type Holder = Record<PropertyKey, unknown>
type Steps = readonly PropertyKey[]

/**
 * Finds what is wrong with a value that went through JSON; `null` for nothing. JSON has made text of dates: where the schema
 * finds the text of one wrong, the date is tried in its place. The value itself stays as it is.
 */
export async function issuesOfJSON(schema: AnySchema, value: unknown): Promise<readonly Issue[] | null> {
  let issues = await issuesOf(schema, value)
  if (issues === null) return null
  const copy = { root: structuredClone(value) }
  const tried = new Map<string, Issue>()
  while (tryDates(copy, issues, tried)) {
    issues = await issuesOf(schema, copy.root)
    if (issues === null) return null
  }
  // A union tells where it stands, and not what its members wanted.
  for (const issue of issues) tryDatesBelow(valueAt(copy, stepsOf(issue)))
  return (await issuesOf(schema, copy.root)) === null ? null : issues.map((issue) => told(issue, tried))
}

async function issuesOf(schema: AnySchema, value: unknown): Promise<readonly Issue[] | null> {
  const { issues } = await schema['~standard'].validate(value)
  return issues ?? null
}

/** Puts dates where issues have found the texts of some; tells whether there were any. */
function tryDates(copy: Holder, issues: readonly Issue[], tried: Map<string, Issue>): boolean {
  const before = tried.size
  for (const issue of issues) {
    const steps = stepsOf(issue)
    const holder = valueAt(copy, steps.slice(0, -1))
    const date = dateOf(valueAt(copy, steps))
    if (date === null) continue
    ;(holder as Holder)[steps.at(-1)!] = date
    tried.set(placeOf(steps), issue)
  }
  return tried.size > before
}

function tryDatesBelow(value: unknown): void {
  if (!isHolder(value)) return
  for (const name of Object.keys(value)) {
    const date = dateOf(value[name])
    if (date === null) tryDatesBelow(value[name])
    else value[name] = date
  }
}

/** What was said of the text, with what is said of the date. */
function told(issue: Issue, tried: ReadonlyMap<string, Issue>): Issue {
  const before = tried.get(placeOf(stepsOf(issue)))
  return before === undefined ? issue : { ...before, message: `${before.message}; of the date: ${issue.message}` }
}

function stepsOf({ path = [] }: Issue): Steps {
  return ['root', ...path.map((step) => (typeof step === 'object' ? step.key : step))]
}

function placeOf(steps: Steps): string {
  return JSON.stringify(steps.map(String))
}

function valueAt(copy: Holder, steps: Steps): unknown {
  return steps.reduce<unknown>((value, step) => (isHolder(value) ? value[step] : undefined), copy)
}

function isHolder(value: unknown): value is Holder {
  return typeof value === 'object' && value !== null
}

/** The date of a text that JSON writes one as; `null` for every other value. */
function dateOf(value: unknown): Date | null {
  if (typeof value !== 'string' || !/^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) return null
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}
