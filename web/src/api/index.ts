/** The HTTP API: typed calls that never throw. */
import { Accounts } from './accounts';
import { Http, type Answer } from './http';
import { recovery, type Recovery } from './recovery';
import { Rooms } from './rooms';
import { health, type Health } from './shapes';
import { Videos } from './videos';

export type { Accounts, Invitation, NewAccount, ProfileChange } from './accounts';
export { problemOf, type Answer, type FieldProblem, type Problem } from './http';
export type {
  Recoverable,
  Recovery,
  RecoveryComponent,
  RecoveryRepository,
  RecoveryState,
  RecoverySummary,
  RecoveryWindow,
} from './recovery';
export type { BanWish, Joined, MessagePage, RoomWish, Rooms } from './rooms';
export type {
  Ban,
  ComponentHealth,
  Health,
  HealthState,
  RoomFilm,
  RoomInfo,
  Setup,
  SignUp,
  UploadState,
  User,
  Video,
  VideoSubtitle,
} from './shapes';
export type { SubtitleWish, Videos } from './videos';
export { sendUpload } from './upload-sender';
export type { SendUpload, UploadEvents, UploadSender, UploadWish } from './upload-sender';

export class Api {
  readonly accounts: Accounts;
  readonly rooms: Rooms;
  readonly videos: Videos;
  readonly #http: Http;

  constructor(http = new Http()) {
    this.#http = http;
    this.accounts = new Accounts(http);
    this.rooms = new Rooms(http);
    this.videos = new Videos(http);
  }

  health(): Promise<Answer<Health>> {
    return this.#http.call({ path: '/health', tolerated: 503, read: (body) => health(body, '') });
  }

  /** For admins. */
  recovery(): Promise<Answer<Recovery>> {
    return this.#http.call({ path: 'admin/recovery', read: (body) => recovery(body, '') });
  }
}
