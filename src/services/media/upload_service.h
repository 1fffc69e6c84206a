#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/digest.h"
#include "domain/account/principal.h"
#include "ports/blob_store.h"
#include "ports/bus.h"
#include "ports/clock.h"
#include "ports/random.h"
#include "ports/upload_files.h"
#include "ports/upload_store.h"
#include "services/media/room_shelf.h"

namespace syncwatch {

/// The bytes of one request, as they arrive. Each read ends within the connection's deadline.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    /// Some bytes into `buffer`; 0 is the end. Errors: Timeout, Cancelled (the client left).
    virtual Async<std::size_t> read_some(std::span<char> buffer) = 0;
};

/// How films come in: in parts, each where the one before ended, whoever was killed meanwhile.
/// Safe from any thread; resumes the caller on its own executor. Every call also fails with
/// Unavailable, those that name an upload with NotFound ("no_such_upload") and Forbidden.
class UploadService {
public:
    struct Options {
        std::uint64_t max_bytes = std::uint64_t{20} << 30;
        std::size_t most_unfinished = 64;  ///< Of one owner at a time.
        bool guests_may_upload = false;
        std::chrono::seconds lifetime = std::chrono::hours(24);  ///< After the last byte.
        /// Stays free on the disk, for everything else that must be stored.
        std::uint64_t spare_bytes = std::uint64_t{512} << 20;
        /// Other nodes take in the same uploads.
        bool shared = false;
    };
    struct Powers {
        UploadStore& uploads;
        UploadFiles& files;
        BlobStore& blobs;
        RoomShelf& shelf;
        Bus& bus;
        const Clock& clock;
        Random& random;
    };
    struct NewUpload {
        std::optional<std::uint64_t> length;  ///< nullopt: told later.
        std::string filename;
        std::string room;      ///< A code, or empty.
        std::string metadata;  ///< As it came, to be given back.
    };
    struct State {
        Upload upload;
        std::uint64_t offset = 0;
    };
    /// One part of a film.
    struct Part {
        struct Sum {
            Digest::Algorithm algorithm = Digest::Algorithm::Sha1;
            std::vector<std::uint8_t> bytes;
        };
        std::uint64_t offset = 0;
        std::optional<std::uint64_t> announced;  ///< Bytes that will come, if that is known.
        std::optional<std::uint64_t> length;     ///< Of the whole film, where it was deferred.
        std::optional<Sum> sum;
    };

    UploadService(Powers powers, Options options);

    /// Makes an upload and its video. Errors: Forbidden (a guest), TooLarge, Unavailable
    /// ("disk_full"), Exhausted ("too_many_uploads"), InvalidInput, and those of RoomShelf::put.
    Async<State> create(Principal who, NewUpload wanted);
    Async<State> state(Principal who, UploadId id);
    /// Takes a part in. What arrived stays, also when the client leaves or the disk is full.
    /// Errors: Conflict ("wrong_offset", "taken_over": a newer request goes on with the upload),
    /// TooLarge, InvalidInput ("checksum_mismatch": the part is thrown away), those of ByteSource.
    Async<State> receive(Principal who, UploadId id, Part part, ByteSource* source);
    /// Ends the upload. One that was not complete takes its video along.
    Async<> remove(Principal who, UploadId id);

    /// The offset that HEAD would say, for lists of videos; nullopt: nothing is being uploaded.
    Async<std::optional<State>> state_of(VideoId video);
    /// Ends the upload of a video that goes, if there is one under way: its video goes with it.
    /// False: there was none.
    Async<bool> remove_of(VideoId video);

    /// Completes what has arrived whole but could not be moved into the store then, and removes
    /// what lost its file. What another node may still be moving is left to that one.
    Async<> finish_pending();
    /// After a start: that, and removes files that nobody knows. Other nodes may be at work.
    Async<> recover();
    /// Removes uploads whose time has passed.
    Async<> expire();

    const Options& options() const { return options_; }
    /// Since the start: for metrics.
    std::uint64_t received_bytes() const { return received_bytes_.load(); }

private:
    class Intake;

    Async<> check_may_upload(const Principal& who, const NewUpload& wanted);
    Async<> check_space(std::uint64_t needed);
    Async<Upload> owned(Principal who, UploadId id);
    Async<State> state_from(Upload upload);
    /// Checks a part against what is known of the upload, and sets a length that comes with it.
    Async<Upload> prepare(Upload upload, Part part);
    /// Moves a finished film into the store and starts the work on it. Whole or to be repeated.
    Async<Upload> settle(Upload upload);
    /// Its last step; the film is in the store.
    Async<> complete(Upload upload, std::uint64_t size, std::optional<Sha256Sum> sum);
    Async<> settle_again(UploadId id);
    bool may_be_moving(const Upload& upload) const;
    Async<> drop(Upload upload);
    void announce(VideoId video);

    const Powers powers_;
    const Options options_;
    const UploadId first_id_;  ///< Ids that begin about now, at any node, sort behind it.
    std::atomic<std::uint64_t> received_bytes_{0};
};

}  // namespace syncwatch
