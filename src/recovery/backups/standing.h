#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recovery/catalogue/survey.h"
#include "recovery/plan/plan.h"

namespace syncwatch::recovery {

/// What is known of a component besides the catalogue.
struct LiveFacts {
    std::string component;
    /// The moment that it would be brought back to now, where that is later than the newest
    /// backup's: a log follows.
    std::optional<WallTime> reaches;
    /// Backups that have no record, and how large each is: copies of the embedded database.
    std::map<BackupId, std::uint64_t> copies;
    WallTime copied{};  ///< When the newest of them was finished.
    /// When a run should have been begun that was not.
    std::optional<WallTime> overdue = std::nullopt;
    /// False: nothing backs it up, whatever the plan says.
    bool is_backed_up = true;
    /// False: nobody can bring it back here to see whether it can be.
    bool can_be_tested = true;
    /// What is known of its backups does not answer now.
    bool is_away = false;
    /// The log that should follow it does not.
    bool is_cut_off = false;
};

/// How a component stands, if everything were lost now.
struct Standing {
    std::string component;  ///< As the catalogue has it.
    std::string part;       ///< Whose objective it is held to: "database". Empty: it has none.
    /// What of it would be gone. nullopt: all of it.
    std::optional<std::chrono::seconds> loss;
    std::optional<std::chrono::seconds> promised_loss;
    /// The moment that it would be brought back to. nullopt: there is none.
    std::optional<WallTime> reaches;
    /// How long bringing it back would take, as it did in the last restore test, for as much as
    /// there is now. nullopt: nobody ever tried.
    std::optional<std::chrono::milliseconds> time;
    std::optional<std::chrono::seconds> promised_time;
    WallTime backed_up{};                       ///< When the newest backup was finished.
    WallTime verified{};                        ///< When one was last found sound.
    WallTime restored{};                        ///< When one was last restored in a test.
    std::chrono::milliseconds restore_took{0};  ///< How long that took, and
    std::uint64_t restored_bytes = 0;           ///< how much it brought back.
    bool damaged = false;  ///< The last look at one of its backups found damage.
    std::string damage;    ///< What that found.
    /// What the last restore test said of films that do not play; empty: they do.
    std::string films;
    bool is_planned = true;   ///< The plan has it backed up, and somebody does it.
    bool on_change = false;   ///< It is backed up when it changes: an old backup may be all of it.
    bool is_testable = true;  ///< It can be brought back here to see whether it can be.
    bool is_away = false;     ///< Nobody can say now.
    bool is_cut_off = false;  ///< The log that should follow it does not.
    std::optional<WallTime> overdue;  ///< When a run should have been begun that was not.

    bool misses_loss() const { return promised_loss && (!loss || *loss > *promised_loss); }
    bool misses_time() const { return promised_time && time && *time > *promised_time; }

    bool operator==(const Standing&) const = default;
};

/// How a component stands in one word.
enum class State : std::uint8_t {
    Ok,
    Unknown,     ///< Nobody ever saw it come back, or nobody answers.
    NotPlanned,  ///< Nothing backs it up.
    AtRisk,      ///< The plan promises more than would be kept now.
    Overdue,     ///< A run that the plan wanted was not begun.
    Damaged,
};
/// "ok", "unknown", "not_planned", "at_risk", "overdue", "damaged".
std::string_view word(State state);

/// Why a component is not well: the worst of it.
enum class Reason : std::uint8_t {
    None,
    Damaged,
    Overdue,
    NoBackup,
    NotFollowed,
    LosesTooMuch,
    TakesTooLong,
    NotPlanned,
    NeverRestored,
    Away,
};
/// "none", "damaged", "overdue", "no_backup", …
std::string_view word(Reason reason);

struct Judgement {
    State state = State::Ok;
    Reason reason = Reason::None;

    bool operator==(const Judgement&) const = default;
};
Judgement judge(const Standing& standing);

/// What it would be, if everything were lost now, of all together.
struct Summary {
    /// The most that would be gone of anything that comes back. nullopt: nothing comes back. What
    /// is backed up when it changes is not counted.
    std::optional<std::chrono::seconds> loss;
    /// One after the other. nullopt: of nothing it is known.
    std::optional<std::chrono::milliseconds> time;
    std::vector<std::string> gone;        ///< Components of which all would be.
    std::vector<std::string> unmeasured;  ///< Components that no test brought back yet.
    std::vector<std::string> away;        ///< Components of which nobody can say now.

    bool operator==(const Summary&) const = default;
};
Summary summary_of(const std::vector<Standing>& all);

/// Of every component that is named by the facts, or that the catalogue has, by its name.
std::vector<Standing> standings(const Plan& plan, const Survey& survey,
                                const std::vector<LiveFacts>& live, WallTime now);

}  // namespace syncwatch::recovery
