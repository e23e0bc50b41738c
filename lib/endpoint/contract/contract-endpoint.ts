import type { Request } from '../../request/request.ts'
import { show } from '../../spec/violations.ts'
import { checkOneBody } from '../dependencies/body-needs.ts'
import { ConnectionCall, readParts } from '../dependencies/connection-call.ts'
import type { NamedValues } from '../dependencies/connection-call.ts'
import type { DependencyPlan } from '../dependencies/dependency-plan.ts'
import { waitingDependencies } from '../dependencies/open-dependencies.ts'
import type { DependencyScope } from '../dependencies/open-dependencies.ts'
import { OverridablePlan } from '../dependencies/overridable-plan.ts'
import { runPlan } from '../dependencies/run-plan.ts'
import type { Endpoint, EndpointResult } from '../endpoint.ts'
import { StreamingResponse } from '../../response/streaming-response.ts'
import { toResponse } from '../../response/to-response.ts'
import { isThenable } from '../thenable.ts'
import { partReaders } from '../validation/part-reader.ts'
import type { PartReader } from '../validation/part-reader.ts'
import { AnswerMaker } from './answer-maker.ts'
import type { Contract, ContractShape } from './contract.ts'
import type { ContractFunction } from './contract-function.ts'
import { EndpointInput } from './endpoint-input.ts'
import { neededRoots } from './needed-roots.ts'

/** The contracts of endpoints, for those who describe an app. */
const contracts = new WeakMap<object, Contract>()

/** Returns the contract of an endpoint; `null` for one without. */
export function contractOf(endpoint: unknown): Contract | null {
  return typeof endpoint === 'function' ? (contracts.get(endpoint) ?? null) : null
}

/**
 * Makes an endpoint that keeps a contract: it makes the dependencies, reads and validates what comes in, calls the function
 * with the values, and makes the answer of what that gives.
 *
 * Security and dependencies come first, so that a client without permission learns nothing of the rest and its body is not
 * read. Everything that is wrong with a request is found before it is answered.
 *
 * @throws TypeError for a function that is none, for dependencies in a circle, and for answers that cannot be declared so.
 */
export function contractEndpoint<Shape extends ContractShape, Params, State>(
  contract: Contract<Shape>,
  endpoint: ContractFunction<Shape, Params, State>,
): Endpoint<Params, State> {
  if (typeof endpoint !== 'function') {
    throw new TypeError(`Cannot make an endpoint of ${show(endpoint)}: expected a function`)
  }
  const handler = new ContractHandler(contract.shape, endpoint as unknown as Handle)
  const handle = (request: Request<Params, State>) => handler.handle(request as unknown as Request)
  Object.defineProperty(handle, 'name', { value: endpoint.name })
  contracts.set(handle, contract)
  return handle
}

/** A function whose types are gone. */
type Handle = (input: EndpointInput) => unknown

class ContractHandler {
  readonly #plan: OverridablePlan
  readonly #readers: readonly PartReader[]
  readonly #answers: AnswerMaker
  readonly #endpoint: Handle

  constructor(shape: ContractShape, endpoint: Handle) {
    this.#plan = new OverridablePlan(neededRoots(shape), {
      reading: shape,
      check: (plan) => checkOneBody(plan, shape),
    })
    this.#readers = partReaders(shape, shape)
    this.#answers = new AnswerMaker(shape.responses)
    this.#endpoint = endpoint
  }

  handle(request: Request): EndpointResult | Promise<EndpointResult> {
    const plan = this.#plan.for(request)
    const call = new ConnectionCall(request)
    const input = new EndpointInput(call)
    const result = this.#gather(plan, call, input)
    return plan.endsEarly ? endEarly(result, request.scope) : result
  }

  #gather(plan: DependencyPlan, call: ConnectionCall, input: EndpointInput): EndpointResult | Promise<EndpointResult> {
    const values = input as unknown as NamedValues
    const waiting = runPlan(plan, call, values)
    return waiting === undefined ? this.#read(call, input) : waiting.then(() => this.#read(call, input))
  }

  #read(call: ConnectionCall, input: EndpointInput): EndpointResult | Promise<EndpointResult> {
    const receiver = { call, values: input as unknown as NamedValues }
    return readParts<EndpointResult>(this.#readers, receiver, () => this.#answer(call, input))
  }

  #answer(call: ConnectionCall, input: EndpointInput): EndpointResult | Promise<EndpointResult> {
    call.check()
    const result = this.#endpoint(input)
    if (result instanceof Promise) return result.then((value: unknown) => this.#answers.answer(value, call.wanted))
    // Queries of databases have a `then` and are no promises.
    if (isThenable(result)) return Promise.resolve(result).then((value) => this.#answers.answer(value, call.wanted))
    return this.#answers.answer(result, call.wanted)
  }
}

/** Finishes what has to be finished before the answer goes out; it can still turn that into an error. */
async function endEarly(
  result: EndpointResult | Promise<EndpointResult>,
  scope: DependencyScope,
): Promise<EndpointResult> {
  const answer = await result
  try {
    await waitingDependencies(scope)?.endEarly()
  } catch (error) {
    await cancelAnswer(answer, error)
    throw error
  }
  return answer
}

/** Closes what an answer has opened that is not sent. Why it is not sent is told, not that it cannot be closed. */
async function cancelAnswer(answer: EndpointResult, reason: unknown): Promise<void> {
  try {
    const response = toResponse(answer)
    if (response instanceof StreamingResponse) await response.cancel(reason)
  } catch {}
}
