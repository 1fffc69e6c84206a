#pragma once
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/thread_pool.hpp>
#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "adapters/age/age_program.h"
#include "apps/config/load.h"
#include "apps/escrow/escrow_source.h"
#include "apps/plan/plan_source.h"
#include "base/async/run_to_end.h"
#include "harness/certificate.h"
#include "harness/contents_of.h"
#include "harness/manual_clock.h"
#include "harness/must.h"
#include "harness/recovery_key.h"
#include "harness/temp_folder.h"

namespace syncwatch {

/// An installation of which everything is in one folder, and two people with recovery keys.
class EscrowWorld : public testing::Test {
protected:
    EscrowWorld() {
        for (const auto& each : {etc_, folder_.path() / "data", folder_.path() / "backups"}) {
            std::filesystem::create_directories(each);
        }
        const auto pair = harness::make_certificate(etc_);
        // What holds a secret comes back for nobody but its owner and their group.
        std::filesystem::permissions(pair.key, std::filesystem::perms(0640));
        write("token", kToken + "\n", 0640);
        write("turn", kTurn + "\n", 0600);
        write("s3", "aws_access_key_id = AK\naws_secret_access_key = " + kStore + "\n", 0600);
        write_plan({harness::public_half(first_), harness::public_half(second_)});
        // A bus that is not asked for anything: its address holds a secret.
        write("sw.toml",
              "# the old one was " + kToken + "\n[data]\ndir = \"" +
                  (folder_.path() / "data").string() + "\"\n[metrics]\ntoken_file = \"" +
                  path("token") + "\"\n[ice]\nturn_secret_file = \"" + path("turn") +
                  "\"\n[bus]\nurl = \"redis://sw:" + kBus + "@127.0.0.1:1/0\"\n[tls]\ncert = \"" +
                  pair.certificate.string() + "\"\nkey = \"" + pair.key.string() +
                  "\"\n[recovery]\nplan = \"" + path("plan.toml") + "\"\n",
              0640);
        const std::string text = contents_of(pair.key);
        key_line_ = text.substr(text.find('\n') + 1, 60);
    }

    std::string path(const std::string& name) const { return (etc_ / name).string(); }
    void write(const std::string& name, const std::string& text, unsigned mode = 0644) const {
        std::ofstream(etc_ / name) << text;
        std::filesystem::permissions(etc_ / name, std::filesystem::perms(mode));
    }
    void write_plan(const std::vector<std::string>& recipients) const {
        std::string list;
        for (const std::string& each : recipients) list += "\"" + each + "\",";
        write("plan.toml", "[repository.near]\nurl = \"file:" +
                               (folder_.path() / "backups").string() + "\"\ncredentials_file = \"" +
                               path("s3") + "\"\n[escrow]\nrecipients = [" + list + "]\n");
    }
    /// A new key's file.
    std::filesystem::path make_key(const std::string& name) const {
        const auto file = folder_.path() / name;
        harness::make_recovery_key(file);
        return file;
    }

    apps::EscrowSource::Options options() const {
        config::Sources from;
        from.file = etc_ / "sw.toml";
        config::Settings settings = config::load(from).settings;
        recovery::Plan plan = must(apps::load_plan(settings.recovery.plan));
        return apps::escrow_options(std::move(settings), std::move(plan), "0.1.0");
    }
    std::unique_ptr<apps::ConfigSource> config_source() {
        return std::make_unique<apps::ConfigSource>(options(),
                                                    apps::EscrowSource::Powers{clock_, pool_});
    }
    std::unique_ptr<apps::SecretsSource> secrets_source(
        const std::filesystem::path& identity = {}) {
        apps::SecretsSource::Keys keys;
        keys.recipients = must(apps::load_plan(etc_ / "plan.toml")).escrow_recipients;
        keys.identity = identity;
        return std::make_unique<apps::SecretsSource>(options(), std::move(keys), age_,
                                                     apps::EscrowSource::Powers{clock_, pool_});
    }
    void take_both() {
        must(run_to_end(config_source()->take(open_)));
        must(run_to_end(secrets_source()->take(closed_)));
    }
    /// Every file below it, with its mode: what a restore is compared with.
    static std::map<std::string, std::string> all_in(const std::filesystem::path& folder) {
        std::map<std::string, std::string> all;
        for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) {
            if (!each.is_regular_file()) continue;
            const auto mode = static_cast<unsigned>(each.status().permissions());
            all[each.path().lexically_relative(folder)] =
                std::to_string(mode) + " " + contents_of(each.path());
        }
        return all;
    }
    std::vector<std::string> secrets() const { return {kToken, kTurn, kStore, kBus, key_line_}; }

    const std::string kToken = "token-of-the-metrics";
    const std::string kTurn = "turn-secret-of-ours";
    const std::string kStore = "wJalrXUtnFEMI/K7MDENG";
    const std::string kBus = "bus-password";

    TempFolder folder_;
    const std::filesystem::path etc_ = folder_.path() / "etc";
    const std::filesystem::path open_ = folder_.path() / "config.tar";
    const std::filesystem::path closed_ = folder_.path() / "secrets.tar.age";
    const std::filesystem::path first_ = make_key("first");
    const std::filesystem::path second_ = make_key("second");
    std::string key_line_;  ///< Of the certificate's private key.
    ManualClock clock_;
    net::thread_pool pool_{1};
    age::AgeProgram age_{{}, pool_};
};

}  // namespace syncwatch
