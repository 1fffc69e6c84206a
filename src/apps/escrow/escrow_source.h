#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "adapters/age/age_program.h"
#include "apps/escrow/installation.h"
#include "ports/clock.h"
#include "ports/snapshot_source.h"
#include "recovery/bundle/bundle.h"

namespace syncwatch::apps {

/// A bundle of an installation's own files, as a thing that is backed up. Where the position in its
/// facts is that of the last backup, nothing has changed since.
class EscrowSource : public SnapshotSource {
public:
    struct Powers {
        Clock& clock;
        net::thread_pool& pool;  ///< Reads and writes files.
    };
    struct Options {
        /// Looks at the installation, anew each time.
        std::function<Result<Installation>()> look;
        std::string app_version;
    };

protected:
    EscrowSource(Options options, Powers powers)
        : options_(std::move(options)), clock_(powers.clock), pool_(powers.pool) {}
    ~EscrowSource() override = default;

    /// With when and by what it was made.
    recovery::Bundle stamped(recovery::Bundle bundle) const;
    Facts facts_of(const recovery::Bundle& bundle) const;

    const Options options_;
    Clock& clock_;
    net::thread_pool& pool_;
};

/// For the installation that these settings are of, with the variables of this process.
EscrowSource::Options escrow_options(config::Settings settings, recovery::Plan plan,
                                     std::string app_version);

/// "config.tar": what is no secret, for everybody's eyes.
class ConfigSource final : public EscrowSource {
public:
    ConfigSource(Options options, Powers powers) : EscrowSource(std::move(options), powers) {}

    std::string file_name() const override { return "config.tar"; }
    Async<Facts> take(std::filesystem::path into) override;
    Async<Counts> inspect(std::filesystem::path file) override;
    Async<Counts> rehearse(std::filesystem::path file, std::filesystem::path scratch) override;
    Async<std::string> fingerprint() override;
};

/// "secrets.tar.age": what only the holders of the recovery keys can open.
class SecretsSource final : public EscrowSource {
public:
    struct Keys {
        std::vector<std::string> recipients;  ///< Public keys; any one of their owners opens it.
        /// The file of a secret key that rehearse() opens it with; empty: there is none here.
        std::filesystem::path identity;
    };

    SecretsSource(Options options, Keys keys, age::AgeProgram age, Powers powers)
        : EscrowSource(std::move(options), powers), keys_(std::move(keys)), age_(std::move(age)) {}

    std::string file_name() const override { return "secrets.tar.age"; }
    /// Errors: also NotFound (reason "no_recipients"; "no_age"), InvalidInput (a recipient).
    Async<Facts> take(std::filesystem::path into) override;
    /// Without a key: whether it looks whole, and how many keys open it.
    Async<Counts> inspect(std::filesystem::path file) override;
    bool can_rehearse() const override { return !keys_.identity.empty(); }
    /// Errors: also NotFound (reason "no_identity"), Forbidden (reason "wrong_key").
    Async<Counts> rehearse(std::filesystem::path file, std::filesystem::path scratch) override;
    Async<std::string> fingerprint() override;

private:
    Result<> check_recipients() const;
    Result<std::string> position_of(const recovery::Bundle& bundle) const;

    const Keys keys_;
    age::AgeProgram age_;
};

}  // namespace syncwatch::apps
