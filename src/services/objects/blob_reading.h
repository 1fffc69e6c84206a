#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/thread_pool.hpp>

#include "base/async/async.h"
#include "ports/blob_store.h"
#include "services/objects/condition.h"

namespace syncwatch {

/// Reads all of an opened object on a thread of `pool`, and compares it with what the ledger says.
net::awaitable<Condition> check_blob(net::thread_pool& pool, std::shared_ptr<const OpenBlob> blob,
                                     StoredBlob expected);

/// The bytes of an object that is small. Errors: Unavailable.
Async<std::string> read_blob(net::thread_pool& pool, std::shared_ptr<const OpenBlob> blob);

/// Asks a store for the whole object, past whatever is kept nearby.
net::awaitable<Condition> measure_blob(BlobStore& store, StoredBlob expected);

}  // namespace syncwatch
