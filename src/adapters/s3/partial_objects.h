#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "adapters/s3/partial_object.h"

namespace syncwatch::s3 {

/// The large objects that were read in pages last. Each stays for who comes next, until others push
/// it out: what was read of it was its index, most of all. Safe from any thread.
class PartialObjects {
public:
    /// A film that loses many segments is read again and again; more than so many at once do not.
    static constexpr std::size_t kKept = 2;

    explicit PartialObjects(PartialObject::Powers powers) : powers_(powers) {}

    /// nullptr: it is not here.
    std::shared_ptr<PartialObject> find(const std::string& key);
    /// Gives the one that is here already, if somebody else was first. Errors: Unavailable.
    Result<std::shared_ptr<PartialObject>> make(const std::string& key, std::uint64_t size);
    /// Who reads it reads on; nobody else will.
    void forget(const std::string& key);
    /// Everything under `prefix` + "/".
    void forget_all(const std::string& prefix);

private:
    struct Kept {
        std::string key;
        std::shared_ptr<PartialObject> object;
    };

    std::shared_ptr<PartialObject> find_locked(const std::string& key);

    const PartialObject::Powers powers_;
    std::mutex mutex_;      // Guards kept_.
    std::list<Kept> kept_;  ///< The one used last in front.
};

}  // namespace syncwatch::s3
