#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/program/child.h"
#include "domain/transcode/failure.h"

namespace syncwatch::ffmpeg {

/// What ffmpeg's complaints mean. `errors` is the end of its stderr, `has_film_mark` says that the
/// file begins as films do (see begins_like_a_film).
MediaFailure diagnose(std::string_view errors, const program::End& end, bool has_film_mark);

/// True if the first bytes of a file are those of a container for films: what cannot be read of it
/// is damaged, and anything else is no video.
bool begins_like_a_film(std::string_view head);

/// The last line of an error text, for logs: without addresses, at most 300 characters.
std::string last_complaint(std::string_view errors);

/// Counts lines that tell of places where the file is broken. Fed with stderr in pieces.
class DamageCount {
public:
    void feed(std::string_view piece);
    std::int64_t count() const { return count_; }
    /// The end of what was fed.
    const std::string& tail() const { return tail_; }

private:
    std::string line_;
    std::string tail_;
    std::int64_t count_ = 0;
};

}  // namespace syncwatch::ffmpeg
