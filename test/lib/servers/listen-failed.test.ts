import { test } from 'tap'
import { ListenFailed } from '../../../lib/servers/listen-failed.ts'

const reasons: ReadonlyArray<readonly [code: string, where: string, message: RegExp]> = [
  ['EADDRINUSE', '127.0.0.1 port 80', /^Cannot listen on 127.0.0.1 port 80: the address is in use/],
  ['EACCES', '127.0.0.1 port 80', /^Cannot listen on 127.0.0.1 port 80: this user may not listen there/],
  ['EADDRNOTAVAIL', '192.0.2.1 port 0', /: this machine has no such address$/],
  ['ENOTFOUND', 'no.example port 0', /: the host name does not resolve$/],
  ['EBADF', 'file descriptor 9', /: the file descriptor is not open$/],
  ['EINVAL', 'file descriptor 9', /: the file descriptor is not a listening socket$/],
]
for (const [code, where, message] of reasons) {
  test(`ListenFailed: ${code} is explained`, async (t) => {
    const cause = Object.assign(new Error(`listen ${code}`), { code })
    const error = new ListenFailed(where, cause)
    t.match(error, { name: 'ListenFailed', code: 'STELLINE_LISTEN_FAILED', message })
    t.equal(error.cause, cause)
  })
}

test('ListenFailed: other reasons are in the words of the system', async (t) => {
  const other = Object.assign(new Error('listen EMFILE: too many open files'), { code: 'EMFILE' })
  t.equal(new ListenFailed('x', other).message, 'Cannot listen on x: listen EMFILE: too many open files')
  t.equal(new ListenFailed('x', new Error('boom')).message, 'Cannot listen on x: boom')
})
