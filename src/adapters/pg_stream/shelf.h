#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "adapters/pg_stream/log_store.h"
#include "ports/clock.h"

namespace syncwatch::pg_stream {

/// The segment that comes in now, and those before it that a repository has yet to take.
struct Intake {
    struct Full {
        wal::Segment segment;
        std::shared_ptr<const std::string> bytes;
        std::optional<wal::Segment> before;  ///< What came before it.
    };
    wal::Segment segment;
    std::string bytes;                   ///< Of it, so far, from its beginning.
    std::optional<wal::Segment> before;  ///< The last that is full, and in a repository or a queue.
};

/// One repository that the log is brought into, at its own pace: one that is slow or away is in
/// nobody's way. All of it on one thread.
class Shelf {
public:
    struct Settings {
        std::chrono::milliseconds every{1000};  ///< Between pieces of what is not full.
        std::size_t most_pieces = 60;           ///< Of a segment; then they become one.
        std::chrono::milliseconds first_retry{500};
        std::chrono::milliseconds last_retry{10'000};
    };
    /// Segments that wait. What is beyond it, and in another repository, is copied from there.
    static constexpr std::size_t kMostWaiting = 4;

    Shelf(std::string name, LogStore store, Clock& clock, const Intake& intake, Settings settings)
        : name_(std::move(name)),
          store_(std::move(store)),
          clock_(clock),
          intake_(intake),
          settings_(settings) {}

    const std::string& name() const { return name_; }
    LogStore& store() { return store_; }
    /// Where the log goes to in it that it has without a hole.
    wal::Lsn durable() const { return durable_; }
    bool lags() const { return lags_; }
    bool is_full() const { return waiting_.size() >= kMostWaiting; }
    bool has_all() const {
        const std::size_t has = segment_ == intake_.segment ? put_ : 0;
        return !lags_ && waiting_.empty() && has >= intake_.bytes.size();
    }
    /// Empty: all is well.
    const std::string& trouble() const { return trouble_; }
    /// What nobody but a person can mend.
    const std::optional<Error>& fatal() const { return fatal_; }

    /// It has all segments before, and so much of the one that comes in.
    void is_level(wal::Segment segment, std::uint32_t bytes, std::size_t pieces);
    /// It is away, or lacks what another has.
    void lags_behind() { lags_ = true; }
    /// A segment is full. What waits may be dropped as far as another one has it: `elsewhere`.
    void take(Intake::Full full, wal::Lsn elsewhere);
    /// Brings what there is, until cancelled. `others` have what this one lacks.
    net::awaitable<void> run(const std::vector<std::unique_ptr<Shelf>>& others);

private:
    Async<bool> work(const std::vector<std::unique_ptr<Shelf>>& others);
    Async<bool> put_begun();
    Async<bool> catch_up(Shelf* source);
    Async<> bring(Shelf* source, StoredLog there, StoredLog here);

    const std::string name_;
    LogStore store_;
    Clock& clock_;
    const Intake& intake_;
    const Settings settings_;
    std::deque<Intake::Full> waiting_;
    wal::Segment segment_;  ///< That `put_` is of.
    std::size_t put_ = 0;   ///< Bytes of it that are here.
    std::size_t pieces_ = 0;
    Instant put_at_{};
    wal::Lsn durable_;
    bool lags_ = false;
    std::string trouble_;
    std::optional<Error> fatal_;
};

}  // namespace syncwatch::pg_stream
