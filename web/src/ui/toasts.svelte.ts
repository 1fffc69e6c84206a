/** Short words about what was just done, with a way back. */

export interface Toast {
  readonly key: number;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

const SHOWN_MS = 5000;
/** Long enough to read, decide and reach it. */
const WITH_ACTION_MS = 8000;
const MOST = 3;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #count = 0;

  /** `gone` is called when it leaves without its action: what can be undone is final then. */
  show(text: string, action?: Toast['action'], gone?: () => void): void {
    this.#count += 1;
    const key = this.#count;
    let acted = false;
    const toast: Toast = {
      key,
      text,
      ...(action === undefined
        ? {}
        : {
            action: {
              label: action.label,
              run: () => {
                acted = true;
                this.#drop(key);
                action.run();
              },
            },
          }),
    };
    this.list = [...this.list, toast].slice(-MOST);
    setTimeout(
      () => {
        this.#drop(key);
        if (!acted) gone?.();
      },
      action === undefined ? SHOWN_MS : WITH_ACTION_MS,
    );
  }

  #drop(key: number): void {
    this.list = this.list.filter((one) => one.key !== key);
  }
}
