#pragma once
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include <libpq-fe.h>

namespace syncwatch::harness {

struct FinishConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct ClearAnswer {
    void operator()(PGresult* answer) const { PQclear(answer); }
};

/// The first column of the first row; "?": there is none.
inline std::string ask_one(const std::string& url, const std::string& sql) {
    const std::unique_ptr<PGconn, FinishConnection> connection(PQconnectdb(url.c_str()));
    const std::unique_ptr<PGresult, ClearAnswer> answer(PQexec(connection.get(), sql.c_str()));
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK || PQntuples(answer.get()) == 0) return "?";
    return PQgetvalue(answer.get(), 0, 0);
}

/// Writes numbered rows, each in a transaction of its own, and notes when each was acknowledged.
class NumberedRows {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// Into the table "kept", from `first` on.
    NumberedRows(std::string url, int first, std::chrono::milliseconds every)
        : thread_([this, url = std::move(url), first, every] { write(url, first, every); }) {}
    ~NumberedRows() { stop(); }
    /// No more are written; what was acknowledged stands.
    void stop() {
        stopped_ = true;
        if (thread_.joinable()) thread_.join();
    }
    /// After stop().
    const std::map<int, Time>& acknowledged() const { return acknowledged_; }
    int count() const { return count_; }

private:
    void write(const std::string& url, int first, std::chrono::milliseconds every) {
        const std::unique_ptr<PGconn, FinishConnection> connection(PQconnectdb(url.c_str()));
        for (int n = first; !stopped_; ++n) {
            const std::string sql = "INSERT INTO kept VALUES (" + std::to_string(n) + ")";
            const std::unique_ptr<PGresult, ClearAnswer> answer(
                PQexec(connection.get(), sql.c_str()));
            if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return;
            acknowledged_[n] = std::chrono::steady_clock::now();
            ++count_;
            std::this_thread::sleep_for(every);
        }
    }

    std::map<int, Time> acknowledged_;  // Of the thread's alone until it was joined.
    std::atomic<int> count_{0};
    std::atomic<bool> stopped_{false};
    std::thread thread_;
};

/// What a loss cost, by the rows that came back.
struct Loss {
    std::size_t acknowledged = 0;
    std::size_t lost = 0;
    std::size_t holes = 0;  ///< Of the lost those before one that came back.
    std::size_t ghosts =
        0;               ///< Came back and were never acknowledged: one may have been on its way.
    double seconds = 0;  ///< From the last row that came back to the end.
};
inline Loss loss_of(const NumberedRows& rows, const std::string& numbers, NumberedRows::Time end) {
    std::set<int> there;
    std::istringstream in(numbers);
    for (std::string each; std::getline(in, each, ',');) there.insert(std::stoi(each));
    Loss loss;
    NumberedRows::Time last{};
    for (const int n : there) loss.ghosts += rows.acknowledged().contains(n) ? 0u : 1u;
    for (const auto& [n, time] : rows.acknowledged()) {
        ++loss.acknowledged;
        if (there.contains(n)) {
            last = std::max(last, time);
        } else {
            ++loss.lost;
            if (there.upper_bound(n) != there.end()) ++loss.holes;
        }
    }
    loss.seconds = std::chrono::duration<double>(end - last).count();
    return loss;
}

}  // namespace syncwatch::harness
