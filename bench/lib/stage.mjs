// PostgreSQL, Redis and an object store, and processes of the product that share them.
import { Child } from './child.mjs';
import { anywhere } from './cores.mjs';
import { program } from './paths.mjs';
import { Product } from './product.mjs';

export class Stage {
  static async open() {
    const stage = new Stage();
    stage.child = new Child(anywhere([program('bench.stage')]));
    const { database, bus, objects, credentials, secure, authority } = JSON.parse(await stage.child.line());
    stage.shared = {
      SYNCWATCH_DATABASE_URL: database,
      SYNCWATCH_BUS_URL: bus,
      SYNCWATCH_OBJECTS_URL: objects,
      SYNCWATCH_OBJECTS_CREDENTIALS_FILE: credentials,
    };
    /** The same objects behind TLS. */
    stage.store = { url: secure, authority, credentials };
    return stage;
  }

  /** A node that leaves films to workers; the stage's first one makes the account that all use. */
  async node({ settings = {}, ...where } = {}) {
    const node = await Product.start({
      ...where,
      settings: { ...this.shared, SYNCWATCH_MEDIA_WORK: 'false', ...settings },
    });
    if (!this.token) await node.signUp();
    this.token ??= node.token;
    node.token = this.token;
    return node;
  }

  async nodes(count) {
    const nodes = [];
    for (let i = 0; i < count; ++i) nodes.push(await this.node());
    return nodes;
  }

  worker({ settings = {}, ...where } = {}) {
    return Product.start({ ...where, command: 'worker', settings: { ...this.shared, ...settings } });
  }

  async close() {
    await this.child.end();
  }
}
