#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "apps/papers/paper.h"

namespace syncwatch::apps {

/// Writes commands as they are typed at one installation: as the right user, with its settings.
/// No secret is ever in them.
class Typist {
public:
    explicit Typist(const PaperFacts& facts);

    /// "sudo -u syncwatch syncwatch WORDS --config FILE"
    std::string ours(const std::string& words) const;
    /// As root where the package's units are: it lays down what belongs to others.
    std::string as_root(const std::string& words) const;
    /// As whom PostgreSQL runs as, on its machine.
    std::string as_postgres(const std::string& words) const;
    /// Without settings, for where they are lost.
    std::string bare(const std::string& words) const;
    /// SQL at PostgreSQL's own socket, in SyncWatch's database.
    std::string psql(const std::string& sql) const;
    /// A program of PostgreSQL's, as its user.
    std::string postgres_program(const std::string& words) const;

    Step stop() const;
    Step start() const;
    Step stop_postgres() const;
    Step start_postgres() const;
    /// Of Debian, "15/main"; nullopt: its data folder is somewhere else.
    std::optional<std::string> debian_cluster() const;
    /// Where they are kept, near first, for commands that have no plan: "--repository … --cluster
    /// …".
    std::string repository() const;

private:
    std::string sudo(const std::string& user) const;

    const PaperFacts& facts_;
    std::string settings_;  ///< The flags that lead to the settings.
};

/// As a shell takes it for one word.
std::string shell_word(const std::string& text);
/// An address without the password in it.
std::string shown_url(const std::string& url);
/// The hosts in an address, "db1,db2".
std::string hosts_of(const std::string& url);
/// What stands behind the last slash, without what follows "?": a database's, or a master's name.
std::string last_of(const std::string& url);

}  // namespace syncwatch::apps
