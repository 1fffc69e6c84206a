/** The rooms of the start page: those of ours and where we were, then those open to all. Pure. */
import type { RoomInfo } from '../../api';
import type { VisitedRoom } from '../../state/preference-values';

export interface ListedRoom {
  readonly code: string;
  readonly name: string;
  /** Null while the server does not tell (an unlisted room of somebody else). */
  readonly info: RoomInfo | null;
  readonly visitedMs: number | null;
}

export function sortRooms(
  rooms: readonly RoomInfo[],
  visited: readonly VisitedRoom[],
): { readonly own: readonly ListedRoom[]; readonly open: readonly ListedRoom[] } {
  const visits = new Map(visited.map((visit) => [visit.code, visit.atMs]));
  const known = new Set(rooms.map(({ code }) => code));
  const listed = (info: RoomInfo): ListedRoom => ({
    code: info.code,
    name: info.name,
    info,
    visitedMs: visits.get(info.code) ?? null,
  });
  const isOurs = (room: RoomInfo): boolean => room.mine || visits.has(room.code);
  const elsewhere = visited
    .filter(({ code }) => !known.has(code))
    .map(({ code, name, atMs }): ListedRoom => ({ code, name, info: null, visitedMs: atMs }));
  const own = [...rooms.filter(isOurs).map(listed), ...elsewhere];
  const lastMs = (room: ListedRoom): number =>
    room.visitedMs ?? (room.info === null ? 0 : Date.parse(room.info.created_at));
  own.sort((a, b) => lastMs(b) - lastMs(a));
  const open = rooms.filter((room) => !isOurs(room)).map(listed);
  open.sort((a, b) => (b.info?.present ?? 0) - (a.info?.present ?? 0));
  return { own, open };
}
