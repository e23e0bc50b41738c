#!/usr/bin/env node
import { runCommandLine } from './command-line.ts'
import { exitCodeOf } from './stop-signals.ts'

function exitBy(signal: NodeJS.Signals): void {
  process.exit(exitCodeOf(signal))
}

const end = await runCommandLine(process.argv.slice(2), process.env, {
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  exit: exitBy,
})
if ('code' in end) {
  // Not by leaving the event loop: what the app left open must not keep a process alive that has ended.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(end.code)))
} else {
  // Who started the process sees the signal itself, unless this is the first process of a container: those take none.
  process.kill(process.pid, end.signal)
  setTimeout(() => exitBy(end.signal), 200)
}
