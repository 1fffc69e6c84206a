#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/websocket/frame.h"

namespace syncwatch::websocket {

/// A frame that waits to go to one client.
struct Queued {
    SharedFrame frame;
    std::uint8_t state_kind = 0;
};

/// Frames in one run of bytes. In a turn of the loop the members of a room have the same frames to
/// get: they are put together once, and the kernel takes one piece for less than it takes many.
class Batch {
public:
    static constexpr std::size_t kMostFrames = 64;
    static constexpr std::size_t kMostBytes = 16 * 1024;  ///< What a TLS record holds.

    /// The bytes of what waits, valid until the next call; empty: it is too much to be copied.
    std::string_view join(std::span<const Queued> waiting);
    /// Lets go of the frames.
    void forget();

private:
    bool holds(std::span<const Queued> waiting) const;

    std::vector<SharedFrame> frames_;
    std::string bytes_;
};

}  // namespace syncwatch::websocket
