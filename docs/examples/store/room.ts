import type { MessageSocket } from 'stelline'

export interface Message {
  readonly from: string
  readonly text: string
}

export type Member = MessageSocket<{ text: string }, Message>

/** How many messages may be on their way to a member who does not read them. */
export const maxUnread = 100

/** Everybody who talks about one thing. Nobody waits for others: who falls too far behind has to leave. */
export class Room {
  /** The members, and how many messages are on their way to each. */
  readonly #unread = new Map<Member, number>()

  get isEmpty(): boolean {
    return this.#unread.size === 0
  }

  enter(member: Member): void {
    this.#unread.set(member, 0)
  }

  leave(member: Member): void {
    this.#unread.delete(member)
  }

  /** Tells everybody. Resolves when the speaker has it too: who does not read cannot speak either. */
  async say(speaker: Member, message: Message): Promise<void> {
    for (const member of this.#unread.keys()) if (member !== speaker) void this.#tell(member, message)
    await speaker.send(message)
  }

  async #tell(member: Member, message: Message): Promise<void> {
    const unread = this.#unread.get(member)!
    if (unread === maxUnread) {
      this.leave(member)
      return member.close(1013, 'You are too far behind').catch(() => {})
    }
    this.#unread.set(member, unread + 1)
    // Who has left in the meantime is told of by the end of their own messages.
    await member.send(message).catch(() => {})
    const now = this.#unread.get(member)
    if (now !== undefined) this.#unread.set(member, now - 1)
  }
}
