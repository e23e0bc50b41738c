import { start } from './targets/middleware.ts'

/*
 * An application in a process of its own, with ten built-ins when its argument is `ten`, else with none. It tells its parent
 * the port, and answers each message with the time of the processor that it has used.
 */

process.on('disconnect', () => process.exit())
process.on('message', () => {
  process.send!(process.cpuUsage())
})
process.send!(await start(process.argv[2]!))
