import { start } from './targets/middleware.ts'

/*
 * An application in a process of its own, with ten built-ins when its argument is `ten`, else with none. It tells its parent
 * the port, and answers each message with the microseconds of the processor that it has used itself: what the system does for
 * it, to send the same bytes, depends on what else the machine does.
 */

process.on('disconnect', () => process.exit())
process.on('message', () => {
  process.send!(process.cpuUsage().user)
})
process.send!(await start(process.argv[2]!))
