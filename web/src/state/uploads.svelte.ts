/** Films on their way to the server: several at once, each to pause, resume, retry or cancel. */
import type { SendUpload, UploadSender } from '../api';
import { UploadRate } from './upload-rate';

export type UploadStatus =
  | 'waiting'
  | 'sending'
  /** The server is away; it goes on by itself. */
  | 'interrupted'
  | 'paused'
  | 'failed'
  | 'done';

/** More at once would only make each of them slower. */
const MOST_AT_ONCE = 2;

export class UploadTask {
  status = $state<UploadStatus>('waiting');
  sentBytes = $state(0);
  bytesPerSecond = $state<number | null>(null);
  secondsLeft = $state<number | null>(null);
  videoId = $state<string | null>(null);
  uploadId = $state<string | null>(null);
  /** Why it failed: a stable word. */
  failure = $state<string | null>(null);

  readonly key: number;
  readonly file: File;
  readonly room: string | null;
  readonly rate = new UploadRate();
  sender: UploadSender | null = null;

  constructor(key: number, file: File, room: string | null) {
    this.key = key;
    this.file = file;
    this.room = room;
  }

  get share(): number {
    return this.file.size === 0 ? 0 : this.sentBytes / this.file.size;
  }

  get isActive(): boolean {
    return this.status === 'sending' || this.status === 'interrupted';
  }
}

export interface UploadsPorts {
  readonly send: SendUpload;
  readonly nowMs: () => number;
  /** A film came, went, or is complete: lists of films have to be read again. */
  readonly changed: () => void;
}

export class Uploads {
  tasks = $state.raw<readonly UploadTask[]>([]);
  readonly underWay = $derived(
    this.tasks.some((task) => task.isActive || task.status === 'waiting'),
  );

  readonly #ports: UploadsPorts;
  #count = 0;

  constructor(ports: UploadsPorts) {
    this.#ports = ports;
  }

  /** `uploadId`: goes on with what the server has of this very file. */
  add(file: File, room: string | null = null, uploadId: string | null = null): UploadTask {
    this.#count += 1;
    const task = new UploadTask(this.#count, file, room);
    task.uploadId = uploadId;
    this.tasks = [...this.tasks, task];
    this.#startNext();
    return task;
  }

  pause(task: UploadTask): void {
    if (!task.isActive && task.status !== 'waiting') return;
    task.sender?.pause();
    task.sender = null;
    this.#rest(task, 'paused');
  }

  /** Goes on after a pause or a failure. */
  resume(task: UploadTask): void {
    if (task.status !== 'paused' && task.status !== 'failed') return;
    task.failure = null;
    task.status = 'waiting';
    this.#startNext();
  }

  async cancel(task: UploadTask): Promise<void> {
    const { sender } = task;
    task.sender = null;
    this.forget(task);
    await sender?.cancel();
    this.#ports.changed();
  }

  forget(task: UploadTask): void {
    this.tasks = this.tasks.filter((one) => one !== task);
    this.#startNext();
  }

  ofVideo(videoId: string | null): UploadTask | null {
    if (videoId === null) return null;
    return this.tasks.find((task) => task.videoId === videoId && task.status !== 'done') ?? null;
  }

  #startNext(): void {
    const active = this.tasks.filter((task) => task.isActive).length;
    const waiting = this.tasks.filter((task) => task.status === 'waiting');
    for (const task of waiting.slice(0, Math.max(0, MOST_AT_ONCE - active))) this.#start(task);
  }

  #start(task: UploadTask): void {
    task.status = 'sending';
    task.rate.restart(this.#ports.nowMs(), task.sentBytes);
    const { file, room, uploadId } = task;
    task.sender = this.#ports.send(
      { file, room, uploadId },
      {
        begun: (id, videoId) => {
          task.uploadId = id;
          task.videoId = videoId ?? task.videoId;
          this.#ports.changed();
        },
        progress: (sentBytes) => {
          this.#progress(task, sentBytes);
        },
        interrupted: () => {
          task.status = 'interrupted';
          task.bytesPerSecond = null;
          task.secondsLeft = null;
        },
        done: () => {
          task.sentBytes = file.size;
          this.#rest(task, 'done');
          this.#ports.changed();
        },
        failed: (code) => {
          task.failure = code;
          this.#rest(task, 'failed');
        },
      },
    );
  }

  #progress(task: UploadTask, sentBytes: number): void {
    const nowMs = this.#ports.nowMs();
    if (task.status === 'interrupted') {
      task.status = 'sending';
      task.rate.restart(nowMs, sentBytes);
    }
    task.sentBytes = sentBytes;
    task.rate.sent(nowMs, sentBytes);
    task.bytesPerSecond = task.rate.bytesPerSecond;
    task.secondsLeft = task.rate.secondsLeft(sentBytes, task.file.size);
  }

  #rest(task: UploadTask, status: 'paused' | 'failed' | 'done'): void {
    task.status = status;
    task.sender = null;
    task.bytesPerSecond = null;
    task.secondsLeft = null;
    this.#startNext();
  }
}
