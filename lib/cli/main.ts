#!/usr/bin/env node
import { runCommandLine } from './command-line.ts'
import { Output } from './output.ts'
import { exitCodeOf } from './stop-signals.ts'

function exitBy(signal: NodeJS.Signals): void {
  process.exit(exitCodeOf(signal))
}

const args = process.argv.slice(2)
const output = new Output(process.stdout)
const end = await runCommandLine(args, process.env, {
  stdout: args[0] === 'run' ? process.stdout : output,
  stderr: process.stderr,
  divertStdout: () => output.divert(process.stderr),
  signals: process,
  exit: exitBy,
})
if ('code' in end) {
  // Not by leaving the event loop: what the app left open must not keep a process alive that has ended.
  const failure = await output.finish()
  if (failure !== null) process.stderr.write(`Cannot write to stdout: ${failure.message}\n`)
  process.stderr.write('', () => process.exit(failure === null ? end.code : 1))
} else {
  // Who started the process sees the signal itself, unless this is the first process of a container: those take none.
  process.kill(process.pid, end.signal)
  setTimeout(() => exitBy(end.signal), 200)
}
