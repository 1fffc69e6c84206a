/** English. Functions take what varies; plural and order are theirs to decide. */
import { account } from './account';
import { common, problems } from './common';
import { library } from './library';
import { chat, people, queue, room, settings } from './room';
import { film, player, shortcuts, sync } from './player';
import { admin } from './admin';
import { recovery } from './recovery';
import { door, start } from './start';

export const en = {
  common,
  problems,
  start,
  door,
  account,
  library,
  room,
  settings,
  people,
  chat,
  queue,
  player,
  film,
  sync,
  shortcuts,
  admin,
  recovery,
};
