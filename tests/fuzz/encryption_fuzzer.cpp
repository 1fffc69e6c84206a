// Objects of an encrypted repository, and the files of keys.
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/encrypted_repository/encryption.h"
#include "base/assert.h"

using namespace syncwatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto key =
        encrypted::RepositoryKey::parse("syncwatch-repository-key:" + std::string(43, 'A'));
    SW_ASSERT(key.has_value());
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    // What anybody can make up does not open; what was encrypted does, and is the same.
    SW_ASSERT(!encrypted::decrypt(*key, "v1/x", bytes).has_value());
    const std::string all = encrypted::encrypt(*key, "v1/x", bytes);
    SW_ASSERT(encrypted::plain_size(all.size()) == size);
    SW_ASSERT(encrypted::decrypt(*key, "v1/x", all) == bytes);
    if (const auto other = encrypted::RepositoryKey::parse(bytes)) {
        SW_ASSERT(encrypted::RepositoryKey::parse(other->text())->id() == other->id());
    }
    return 0;
}
