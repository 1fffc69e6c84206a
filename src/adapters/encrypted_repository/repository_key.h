#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "ports/random.h"

namespace syncwatch::encrypted {

/// The secret that everything in a repository is encrypted with: 256 bits, in a file of one line.
class RepositoryKey {
public:
    static RepositoryKey make(Random& random);
    /// What text() says. Lines that begin with '#' are somebody's remarks. Errors: InvalidInput.
    static Result<RepositoryKey> parse(std::string_view text);
    /// Errors: NotFound, Forbidden (it cannot be read), InvalidInput (the message names the file).
    static Result<RepositoryKey> read(const std::filesystem::path& file);

    /// What its file says: whoever has it can read the repository.
    std::string text() const;
    /// Tells keys apart, and says nothing else of them: 16 letters of hexadecimal.
    std::string id() const;
    /// Another secret for one purpose alone, which does not lead back (RFC 2104).
    Sha256Sum derived(std::string_view purpose) const;

private:
    explicit RepositoryKey(Sha256Sum bytes) : bytes_(bytes) {}

    Sha256Sum bytes_;
};

}  // namespace syncwatch::encrypted
