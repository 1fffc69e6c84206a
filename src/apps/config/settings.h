#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "apps/config/recovery_settings.h"
#include "base/log/log.h"
#include "services/accounts/account_service.h"

namespace syncwatch::config {

enum class LogFormat : std::uint8_t { Auto, Human, Json };

/// So many at once, and so many a second from then on.
struct Rate {
    double burst = 0;
    double per_second = 0;
    bool operator==(const Rate&) const = default;
};

/// What an operator decided. The defaults are the embedded shape: one process, one machine.
/// The tables in *_keys.cpp name and read every value; docs/configuration.md describes them.
struct Settings {
    struct Server {
        std::string address = "127.0.0.1";
        std::uint16_t port = 8080;
        std::string public_url;  ///< As users see it, where a proxy hides it; empty: their Host.
        std::vector<std::string> trusted_proxies;
        unsigned threads = 0;  ///< 0: as many as the machine has cores.
        std::size_t max_connections = 20'000;
        bool operator==(const Server&) const = default;
    } server;

    struct Data {
        std::filesystem::path dir;  ///< Database, objects and uploads live in it.
        bool operator==(const Data&) const = default;
    } data;

    struct Storage {
        std::filesystem::path database;  ///< Empty: syncwatch.db in the data folder.
        std::filesystem::path objects;   ///< Empty: objects in the data folder.
        bool operator==(const Storage&) const = default;
    } storage;

    /// The production database; without a URL it is SQLite.
    struct Postgres {
        std::string url;  ///< "postgres://…", for libpq.
        std::string password;
        unsigned connections = 8;
        bool on() const { return !url.empty(); }
        bool operator==(const Postgres&) const = default;
    } postgres;

    /// The object store; without a URL films lie in a folder.
    struct S3 {
        std::string url;  ///< "s3:https://…"
        std::filesystem::path credentials_file;
        std::uint64_t cache_bytes = std::uint64_t{10} * 1024 * 1024 * 1024;
        bool redirect = false;  ///< Players get segments from the store itself.
        bool on() const { return !url.empty(); }
        bool operator==(const S3&) const = default;
    } s3;

    /// The second object store; with neither folder nor URL there is none.
    struct Second {
        std::filesystem::path folder;
        S3 s3;
        std::uint64_t copy_rate = 100'000'000, audit_rate = 10'000'000;  ///< Bytes/s; 0: no limit.
        std::chrono::seconds audit_every = std::chrono::hours(30 * 24);
        bool may_delete = true;
        bool on() const { return !folder.empty() || s3.on(); }
        /// What tells it from another one: its folder, or its URL.
        std::string name() const { return s3.on() ? s3.url : "file:" + folder.string(); }
        bool operator==(const Second&) const = default;
    } second;

    /// What nodes talk through; without a URL there is one node, which talks to itself.
    struct Bus {
        std::string url;  ///< "redis://…", "sentinel://…", or "postgres:" for the database alone.
        std::string password;
        std::string sentinel_password;
        std::filesystem::path ca_file;  ///< Whom TLS trusts; empty: whom the system does.
        bool on() const { return !url.empty(); }
        bool operator==(const Bus&) const = default;
    } bus;

    using Recovery = RecoverySettings;
    Recovery recovery;

    struct Node {
        std::string name;  ///< Empty: the machine's name.
        bool operator==(const Node&) const = default;
    } node;

    struct Log {
        log::Level level = log::Level::Info;
        LogFormat format = LogFormat::Auto;
        bool operator==(const Log&) const = default;
    } log;

    struct Accounts {
        SignUp sign_up = SignUp::Open;
        std::chrono::seconds session = std::chrono::hours(30 * 24);
        std::chrono::seconds invitation = std::chrono::hours(7 * 24);
        bool guests_may_upload = false;
        bool guests_may_create_rooms = false;
        bool operator==(const Accounts&) const = default;
    } accounts;

    struct Limits {
        Rate address{2000, 200};  ///< Calls from one address.
        Rate account{1000, 100};  ///< Calls of one account or guest.
        Rate sign_in{100, 2};     ///< Sign-ups and sign-ins from one address: a hash each.
        Rate guest{1500, 20};     ///< New guests from one address.
        Rate frames{400, 60};     ///< Frames over one socket; over it the socket is closed.
        Rate chat{60, 5};         ///< Chat messages of one member.
        Rate reactions{30, 5};    ///< Reactions of one member.
        Rate commands{60, 10};    ///< Controls, queue changes, roles and kicks of one member.
        bool operator==(const Limits&) const = default;
    } limits;

    struct Uploads {
        std::uint64_t max_bytes = std::uint64_t{50} * 1024 * 1024 * 1024;
        std::chrono::seconds expire_after = std::chrono::hours(24);
        std::uint64_t keep_free = std::uint64_t{1024} * 1024 * 1024;
        bool operator==(const Uploads&) const = default;
    } uploads;

    struct Media {
        bool work = true;  ///< This node transcodes.
        bool keep_original = true;
        std::string ffmpeg = "ffmpeg";
        std::string ffprobe = "ffprobe";
        unsigned jobs = 1;   ///< Films at once.
        std::string preset;  ///< Of x264; empty: chosen by what the machine can do.
        std::chrono::seconds max_duration = std::chrono::hours(12);
        std::chrono::seconds lease{30};  ///< How long a job is kept for a worker that is silent.
        std::chrono::seconds part{60};   ///< Of a film that another worker prepares; 0: none.
        bool operator==(const Media&) const = default;
    } media;

    struct Tls {
        std::filesystem::path cert;
        std::filesystem::path key;
        bool on() const { return !cert.empty(); }
        bool operator==(const Tls&) const = default;
    } tls;

    struct Web {
        std::filesystem::path dir;  ///< Empty: the app inside the program.
        bool operator==(const Web&) const = default;
    } web;

    struct Metrics {
        std::vector<std::string> allow;  ///< Addresses that may read, beside loopback.
        std::string token;               ///< Lets in whoever brings it; empty: nobody.
        bool operator==(const Metrics&) const = default;
    } metrics;

    struct Ice {
        std::vector<std::string> servers;  ///< "stun:…", "turn:…", "turns:…"
        std::string turn_secret;           ///< Shared with the TURN servers (REST credentials).
        std::chrono::seconds lifetime = std::chrono::hours(12);
        bool operator==(const Ice&) const = default;
    } ice;

    /// What was brought back from a backup is being tried: nothing outside of the data folder and
    /// the database is changed. By `serve --trial` alone, no key of a file says it.
    bool on_trial = false;

    /// The file that they were read from; empty: there was none.
    std::filesystem::path config_file;
    /// Secrets that came from a file, by the name of their key.
    std::map<std::string, std::filesystem::path, std::less<>> secret_files;

    bool operator==(const Settings&) const = default;

    /// Gives a secret as its file says now, so that it can be changed while the program runs;
    /// `given` where there is no file, or it cannot be read.
    std::function<std::string()> secret(std::string_view key, std::string given) const;
    std::filesystem::path database_path() const;
    std::filesystem::path objects_path() const;
    /// True where strangers could come before the operator.
    bool listens_beyond_loopback() const;
};

/// Where data goes when nobody says: /var/lib/syncwatch for root, or else syncwatch in the XDG data
/// home.
std::filesystem::path default_data_dir();
/// What the machine calls itself.
std::string machine_name();

}  // namespace syncwatch::config
