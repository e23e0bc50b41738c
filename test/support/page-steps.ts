import { setTimeout as wait } from 'node:timers/promises'
import type { Browser } from './browser.ts'

/** Evaluates an expression until it holds, for half a minute at most: the page goes its own pace. */
export async function until(browser: Browser, expression: string): Promise<boolean> {
  for (let attempt = 0; attempt < 150; attempt++) {
    if ((await browser.evaluate(`Boolean(${expression})`)) === true) return true
    await wait(200)
  }
  return false
}

/** The expression of an element of a page. */
export const found = (selector: string): string => `document.querySelector(${JSON.stringify(selector)})`

/** An expression that clicks on an element, and holds when there is one. */
export const click = (selector: string): string => `(() => {
  const element = ${found(selector)}
  element?.click()
  return element
})()`

/** An expression that types into a field as a user does, so that the page hears of it; it holds when there is one. */
export const fill = (selector: string, text: string): string => `(() => {
  const element = ${found(selector)}
  if (element === null) return false
  const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), 'value')
  set.call(element, ${JSON.stringify(text)})
  element.dispatchEvent(new Event('input', { bubbles: true }))
  element.dispatchEvent(new Event('change', { bubbles: true }))
  return true
})()`
