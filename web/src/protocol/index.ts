/** The room protocol `syncwatch.v1`: types, strict decoders, encoders. Knows nothing of sockets. */
export * from './shapes';
export * from './server-frames';
export * from './client-frames';
export { decodeServerFrame, decodeServerValue, type Decoded } from './decode';
/** Building blocks of strict decoders, for whoever reads JSON from outside. */
export * as read from './json-reader';
