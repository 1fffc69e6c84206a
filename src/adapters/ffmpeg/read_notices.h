#pragma once
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "base/unique_fd.h"

namespace syncwatch::ffmpeg {

/// A child's reads, told to its parent before they happen: each waits for an answer. This lets a
/// program read a file of which we bring the bytes just in time, while to the program it is a file
/// like any other. By seccomp's user notification (Linux 5.5; seccomp_unotify(2)). It is no fence:
/// what the parent looks at can change until the child goes on.
class ReadNotices {
public:
    struct Notice {
        std::uint64_t id = 0;
        std::uint32_t thread = 0;  ///< Who reads.
        int fd = -1;               ///< The child's descriptor.
        std::uint64_t count = 0;   ///< Bytes that it asks for.
    };

    /// Whether this kernel lets us, here: some containers have listeners of their own.
    static bool are_possible();
    /// In the child between fork and exec, with no_new_privs set: from here on read(2) waits for
    /// the parent. The listener goes through the socket `channel`. False: errno says why.
    static bool begin(int channel);
    /// In the parent, once begin() has returned in the child. Errors: Internal.
    static Result<UniqueFd> take_listener(int channel);

    explicit ReadNotices(int listener);

    /// Of one that waits; nullopt: there is none. Never waits itself.
    std::optional<Notice> take();
    /// Nobody is left who could read.
    bool is_over() const;
    /// The read goes on as if nothing had been.
    void let_go_on(std::uint64_t id) const;
    /// The read fails with EIO.
    void refuse(std::uint64_t id) const;

private:
    const int listener_;
    std::size_t notice_size_ = 0;  ///< As the kernel has it, which may know more fields than we.
    std::size_t answer_size_ = 0;

    void answer(std::uint64_t id, bool refused) const;
};

/// The place in `file` that a notice is about; nullopt: it is about something else.
std::optional<std::uint64_t> place_of(const ReadNotices::Notice& notice, std::uint64_t device,
                                      std::uint64_t inode);

}  // namespace syncwatch::ffmpeg
