#pragma once
#include <string>
#include <string_view>

#include "base/async/async.h"
#include "base/time.h"

namespace syncwatch {

/// The reason of the error of a process that makes nothing: another one may.
constexpr std::string_view kNoMaker = "no_maker";

/// On the bus: somebody waits for an object that no store has; payload: its key. The fault is noted
/// in the ledger, where those that can make objects settle who does.
inline const std::string kWantedTopic = "object/wanted";

/// Makes objects anew of which no store has a whole copy.
class ObjectMaker {
public:
    virtual ~ObjectMaker() = default;

    /// When it returns, the first store and the ledger have the object anew; its bytes may be
    /// others than before. Many who ask for one object cost one making, which goes on when nobody
    /// waits for it any more. Errors: NotFound (it cannot be made: no original, no plan, or no such
    /// thing), Timeout (not by `deadline`), Exhausted (too many are under way), Unavailable (reason
    /// kNoMaker, or the transcoder's).
    virtual Async<> make_again(std::string key, Instant deadline) = 0;
};

}  // namespace syncwatch
