"""rmsx run --isolated --replicas 2 -- python3 -m unittest"""

import os
import subprocess
import threading
import unittest

from visits import Visits


def rmsx(*args):
    """RMSX_NAME, which `rmsx run` has set, names the cluster. RMSX is the command, where it is not in the PATH."""
    subprocess.run([*os.environ.get("RMSX", "rmsx").split(), *args], check=True)


class VisitsOutliveTheMaster(unittest.TestCase):
    def test_no_visit_that_counted_is_lost(self):
        visits = Visits()
        counted = []
        half_done = threading.Event()

        def visit():
            for number in range(300):
                visits.add(f"visitor {number}")
                counted.append(f"visitor {number}")
                if number == 100:
                    half_done.set()

        visitors = threading.Thread(target=visit)
        visitors.start()
        self.assertTrue(half_done.wait(30))
        rmsx("fault", "kill", "master")  # while visitors come
        rmsx("promote", "--best")
        visitors.join()

        self.assertEqual(len(counted), 300)
        self.assertEqual(set(counted) - visits.all(), set())
        visits.close()


if __name__ == "__main__":
    unittest.main()
