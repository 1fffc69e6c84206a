/** The talk of a room: what was said, what of ours is on its way, what was not read yet. */
import type { ChatMessage, OwnMember } from '../protocol';
import { lastKnownId, mergeMessages, withAnswer, withOwn } from './chat-log';
import type { Answer, Request } from './room-outbox';
import type { ChatEntry } from './room-types';

export interface ChatPorts {
  you(): OwnMember | null;
  /** ms since the Unix epoch, room time. */
  nowMs(): number;
  /** Where the film is; null if nothing is on. */
  positionSeconds(): number | null;
  ask(request: Request, answered: (answer: Answer) => void): void;
}

export class RoomChat {
  messages = $state.raw<readonly ChatEntry[]>([]);
  /** What others said since `read` was last called. */
  unread = $state(0);

  readonly #ports: ChatPorts;
  #count = 0;

  constructor(ports: ChatPorts) {
    this.#ports = ports;
  }

  /** Shown at once as pending; kept and sent again until the server has it. */
  send(text: string, replyTo: string | null = null): void {
    const you = this.#ports.you();
    this.#count += 1;
    const own: ChatEntry = {
      key: `own-${String(this.#count)}`,
      id: null,
      by: you?.id ?? '',
      name: you?.name ?? '',
      own: true,
      text,
      replyTo,
      positionSeconds: this.#ports.positionSeconds(),
      sentAtMs: this.#ports.nowMs(),
      status: 'pending',
      failure: null,
    };
    this.messages = withOwn(this.messages, own);
    this.#send(own);
  }

  /** Tries a failed line again. */
  retry(key: string): void {
    const entry = this.messages.find((one) => one.key === key);
    if (entry?.status !== 'failed') return;
    this.messages = withAnswer(this.messages, key, { status: 'pending', failure: null });
    this.#send(entry);
  }

  discard(key: string): void {
    this.messages = this.messages.filter((one) => one.key !== key || one.status !== 'failed');
  }

  /** What was said before we came or while we were away; nobody needs to be told of it. */
  addHistory(messages: readonly ChatMessage[]): void {
    this.messages = mergeMessages(this.messages, messages, this.#ports.you()?.id ?? null);
  }

  received(message: ChatMessage): void {
    const own = this.#ports.you()?.id ?? null;
    const before = this.messages;
    this.messages = mergeMessages(before, [message], own);
    if (this.messages !== before && message.by !== own) this.unread += 1;
  }

  read(): void {
    this.unread = 0;
  }

  get lastKnownId(): string | undefined {
    return lastKnownId(this.messages);
  }

  #send(own: ChatEntry): void {
    const request: Request = {
      type: 'chat',
      text: own.text,
      ...(own.replyTo === null ? {} : { reply_to: own.replyTo }),
    };
    this.#ports.ask(request, (answer) => {
      this.messages = withAnswer(
        this.messages,
        own.key,
        answer.ok
          ? { status: 'sent', ...(answer.message === null ? {} : { id: answer.message }) }
          : { status: 'failed', failure: answer.code },
      );
    });
  }
}
