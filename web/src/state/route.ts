/** Addresses of pages. Pure. */
import { parseRoomCode } from './room-code';

export type Route =
  | { readonly page: 'start' }
  | { readonly page: 'sign_in'; readonly then: string }
  | { readonly page: 'sign_up'; readonly then: string; readonly invitation: string }
  | { readonly page: 'library' }
  | { readonly page: 'account' }
  | { readonly page: 'admin' }
  | { readonly page: 'recovery' }
  | { readonly page: 'room'; readonly code: string }
  | { readonly page: 'unknown' };

/** Only to pages of ours: an address from a query leads nowhere else. */
function ownPath(then: string | null): string {
  return then?.startsWith('/') === true && !/^\/[/\\]/.test(then) ? then : '/';
}

export function routeOf(path: string, query: URLSearchParams): Route {
  const [, first = '', second = '', ...rest] = path.replace(/\/+$/, '').split('/');
  if (rest.length > 0) return { page: 'unknown' };
  if (first === 'room') {
    const code = parseRoomCode(second);
    return code === null ? { page: 'unknown' } : { page: 'room', code };
  }
  if (first === 'admin' && second === 'recovery') return { page: 'recovery' };
  if (second !== '') return { page: 'unknown' };
  switch (first) {
    case '':
      return { page: 'start' };
    case 'sign-in':
      return { page: 'sign_in', then: ownPath(query.get('then')) };
    case 'sign-up':
      return {
        page: 'sign_up',
        then: ownPath(query.get('then')),
        invitation: query.get('invitation') ?? '',
      };
    case 'library':
    case 'account':
    case 'admin':
      return { page: first };
    default:
      return { page: 'unknown' };
  }
}

export function roomPath(code: string): string {
  return `/room/${code}`;
}
