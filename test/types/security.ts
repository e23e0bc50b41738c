import { apiKey, httpBearer, oauth2Password } from 'stelline'
import type { SecurityScheme } from 'stelline'

declare const flag: boolean
const options = { autoError: false }

// A scheme that may let requests without credentials through says so, also where that is decided at run time.
const refusing: SecurityScheme<string>[] = [
  httpBearer(),
  httpBearer({ autoError: true }),
  apiKey({ in: 'query', name: 'key' }),
]
const optional: SecurityScheme<string | null>[] = [
  httpBearer({ autoError: false }),
  httpBearer(options),
  apiKey({ in: 'query', name: 'key', autoError: flag }),
  oauth2Password({ tokenUrl: '/token', autoError: flag }),
]

// @ts-expect-error -- the value may be null
const wrong: SecurityScheme<string> = httpBearer(options)

export { optional, refusing, wrong }
