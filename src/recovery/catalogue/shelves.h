#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "ports/backup_repository.h"

namespace syncwatch::recovery {

/// A repository, and what the plan calls it.
struct Place {
    std::string name;
    BackupRepository* repository = nullptr;
};

/// Something that a repository cannot do, or that is wrong in it.
struct Trouble {
    std::string place;
    std::string object;  ///< Empty: it is about the place.
    std::string what;

    bool operator==(const Trouble&) const = default;
};

/// The one or two repositories side by side. A place that is away costs what it alone has.
class Shelves {
public:
    /// An object, and the places that have it, by their number.
    struct Listed {
        struct Copy {
            std::size_t place = 0;
            std::uint64_t size = 0;
        };
        std::string name;
        std::vector<Copy> copies;

        bool is_at(std::size_t place) const;
    };
    struct Listing {
        std::vector<Listed> all;       ///< By name.
        std::vector<bool> answered;    ///< By place.
        std::vector<Trouble> trouble;  ///< Places that are away.
    };

    /// They outlive this. What is too large for memory passes through a file in `scratch`, a folder
    /// of ours alone.
    Shelves(std::vector<Place> places, std::filesystem::path scratch)
        : places_(std::move(places)), scratch_(std::move(scratch)) {}

    const std::vector<Place>& places() const { return places_; }

    /// Errors: Unavailable (none of them answered).
    Async<Listing> list(std::string folder);
    /// Where it could not be created.
    struct Created {
        std::vector<Trouble> missing;
    };
    /// Creates it wherever it can be. Errors: Conflict (somewhere others are there), Unavailable
    /// (nowhere).
    Async<Created> create(std::string name, std::string bytes);
    /// At one place.
    Async<> create_at(std::size_t place, std::string name, std::string bytes);
    Async<std::string> read(std::size_t place, std::string name);
    /// Brings it from one place to another, where it is not. Gives its size. Errors: Conflict
    /// (others are there).
    Async<std::uint64_t> copy(std::string name, std::size_t from, std::size_t to);
    Async<> remove(std::size_t place, std::string name);

    Trouble trouble(std::size_t place, std::string object, const Error& error) const;

private:
    Async<std::uint64_t> copy_by_file(std::string name, std::size_t from, std::size_t to);

    const std::vector<Place> places_;
    const std::filesystem::path scratch_;
};

}  // namespace syncwatch::recovery
