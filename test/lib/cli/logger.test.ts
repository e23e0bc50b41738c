import { test } from 'tap'
import { Logger, logLevels } from '../../../lib/cli/logger.ts'

const written: Readonly<Record<(typeof logLevels)[number], string>> = {
  silent: '',
  error: 'error: three\n',
  warn: 'warn: two\nerror: three\n',
  info: 'info: one\nwarn: two\nerror: three\n',
}

for (const level of logLevels) {
  test(`Logger: writes at level ${level} what is as grave or graver`, async (t) => {
    let text = ''
    const log = new Logger(level, (line) => (text += line))
    log.info('one')
    log.warn('two')
    log.error('three')
    t.equal(text, written[level])
  })
}

test('Logger: writes the stack of an error and its cause', async (t) => {
  let text = ''
  const error = new Error('outer', { cause: new Error('inner') })
  new Logger('info', (line) => (text += line)).error('it failed', error)
  t.match(text, /^error: it failed\nError: outer\n +at .*inner/s)
})

test('Logger: lets no text speak to the terminal', async (t) => {
  let text = ''
  new Logger('info', (line) => (text += line)).warn('a\x1b[2Jb\r\x9bc', new Error('d\x07'))
  t.match(text, 'warn: a\\x1b[2Jb\\x0d\\x9bc\nError: d\\x07\n')
})
