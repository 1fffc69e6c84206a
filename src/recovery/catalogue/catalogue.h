#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/clock.h"
#include "recovery/catalogue/hold.h"
#include "recovery/catalogue/names.h"
#include "recovery/catalogue/shelves.h"
#include "recovery/catalogue/survey.h"

namespace syncwatch::recovery {

/// Which backups there are, as the repositories themselves say: there is nothing else that could be
/// lost. A record is written when all bytes of its backup are there, so that its presence is the
/// completeness of the backup; it is created in all repositories and never changed.
///
/// One call at a time. Errors of all: Unavailable (no repository answers), Cancelled.
class Catalogue {
public:
    struct Options {
        RepositoryNames names;
        /// What is large passes through it on its way from one place to the other.
        std::filesystem::path scratch;
    };

    /// `places` are one or two, the nearest first. All outlive this.
    Catalogue(Options options, std::vector<Place> places, Clock& clock)
        : names_(std::move(options.names)),
          shelves_(std::move(places), std::move(options.scratch)),
          clock_(clock) {}

    const RepositoryNames& names() const { return names_; }

    /// How much of it is read.
    enum class Depth : std::uint8_t {
        Each,  ///< Of each object one copy, and of records those that are new since the last time.
        Copies,  ///< All copies of everything, and whether they say the same.
    };
    /// Reads what there is. What is damaged or away is told and hides nothing else.
    Async<Survey> survey(Depth depth = Depth::Each);

    struct Added {
        StoredRecord stored;
        /// Where it is not yet, and what else is not where it should be: sync() brings it.
        std::vector<Trouble> missing;
    };
    /// Says that a backup is complete. Its bytes are in one place at least, below data() of its
    /// name or where its engine keeps them; other places get the bytes first, then the record, with
    /// as much of what they missed before as passes quickly. `previous` is filled in here. Errors:
    /// InvalidInput (component, id, or a text that is no UTF-8), Conflict (another of that id). The
    /// same again is success, for who does not know how far a call came.
    Async<Added> add(BackupRecord record);

    /// The outcome of a look at a backup; `at` is filled in here. Gives the places that have not
    /// got it.
    Async<std::vector<Trouble>> add_verification(Verification verification);
    /// That a backup is to stay, or need not any more. Whoever restores pins all that is used.
    Async<std::vector<Trouble>> pin(BackupId backup, std::string why);
    Async<std::vector<Trouble>> unpin(BackupId backup, std::string why);

    /// That a procedure was carried out. Gives the places that have not got it. Errors:
    /// InvalidInput (its name, or a text that is no UTF-8).
    Async<std::vector<Trouble>> note_carried_out(CarriedOut done);
    /// All that were noted, the oldest first; what cannot be read is left out.
    Async<std::vector<CarriedOut>> carried_out();

    /// Brings into each place what only the other has: bytes of backups, then their records, and
    /// all that was said of them. Gives what is still not where it should be.
    Async<std::vector<Trouble>> sync();

    /// Removes backups in this order, after a note of it, so that nobody takes them for lost.
    /// Called again it removes what was left over. Gives what could not be removed: from places
    /// that forbid it, or that are away. Errors: Conflict (reason "pinned", or "held": somebody
    /// reads; nothing was removed), Unavailable (also: a place does not list what is there),
    /// NotFound (one of them was never there).
    Async<std::vector<Trouble>> remove(std::string component, std::vector<BackupId> backups);
    /// Who reads backups of a component, in all places: nothing is said of it yet.
    Holder reader_of(std::string component, ReaderId reader, std::string by) const;
    /// Removes what is left of holds that ended long ago, where that may be.
    Async<> forget_old_holds();

private:
    using Sentence = std::pair<std::string, std::string>;  ///< A name and a text.

    /// Reads what lies under a record's name. Errors: Corrupt (also: it is another's).
    Result<StoredRecord> record_named(const std::string& name, std::string_view text) const;
    Async<Survey> survey_records(Depth depth);
    Async<Survey> survey_words(Survey survey, Depth depth);
    /// A listing may be older than what is there: what is known of from elsewhere is asked for.
    Async<Survey> find_unlisted(Survey survey);
    Async<Survey> ask_for(Survey survey, std::string name);
    void forget_absent(const Survey& survey);
    Async<std::set<BackupId>> expired();
    /// Of who reads now, in whichever place it is said; places that are away are not asked.
    Async<std::vector<Hold>> holds(std::string folder);
    Async<> expect_unheld(std::string component);
    /// What the record `name` follows: what it says itself if it is there, or else the newest.
    Async<std::optional<ChainLink>> link_before(Shelves::Listing listing, std::string name);
    Async<std::optional<StoredRecord>> read_one(Shelves::Listed listed);
    /// The places that have all that any place has of its bytes. Errors: Conflict (none has).
    Async<std::vector<std::size_t>> whole_at(BackupRecord record);
    Async<std::vector<Trouble>> say(std::function<Sentence(WallTime)> sentence);
    Async<std::vector<Trouble>> set_pin(Pin pin);
    Async<std::vector<Trouble>> bring(Shelves::Listing records, std::uint64_t most);
    Async<std::uint64_t> bring_backup(std::string name, std::size_t from, std::size_t to);
    Async<std::vector<Trouble>> bring_words(std::string folder, std::set<BackupId> gone);
    Async<std::vector<Trouble>> note_expiry(std::string component, std::vector<ChainLink> gone);
    Async<> remove_at(std::size_t place, std::string component, BackupId backup);

    const RepositoryNames names_;
    Shelves shelves_;
    Clock& clock_;
    std::map<std::string, StoredRecord> known_;  ///< Records that were read, by name.
};

}  // namespace syncwatch::recovery
