/** Which page is open. Links of ours change it without loading anew. */
import { routeOf, type Route } from './route';

export class Router {
  route = $state.raw<Route>({ page: 'unknown' });
  /** Counts changes of page: pages start anew with it, and the focus moves. */
  visit = $state(0);

  readonly #stop = new AbortController();

  constructor() {
    this.#read();
    const { signal } = this.#stop;
    window.addEventListener(
      'popstate',
      () => {
        this.#read();
        this.visit += 1;
      },
      { signal },
    );
    document.addEventListener(
      'click',
      (event) => {
        this.#clicked(event);
      },
      { signal },
    );
  }

  go(path: string): void {
    if (path === location.pathname + location.search) return;
    history.pushState(null, '', path);
    this.#arrive();
  }

  /** As `go`, but the page before is not one to come back to. */
  replace(path: string): void {
    history.replaceState(null, '', path);
    this.#arrive();
  }

  destroy(): void {
    this.#stop.abort();
  }

  #arrive(): void {
    this.#read();
    this.visit += 1;
    window.scrollTo(0, 0);
  }

  #read(): void {
    this.route = routeOf(location.pathname, new URLSearchParams(location.search));
  }

  #clicked(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link?.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.hash !== '') return;
    if (/^\/(?:api|media|health|metrics)\b/.test(link.pathname)) return;
    event.preventDefault();
    this.go(link.pathname + link.search);
  }
}
